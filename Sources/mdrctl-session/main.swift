import Session

runSession()
