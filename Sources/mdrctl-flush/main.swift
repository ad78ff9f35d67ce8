import Flush

runFlush()
