internal import Glibc

exit(runSimulation(Array(CommandLine.arguments.dropFirst())))
