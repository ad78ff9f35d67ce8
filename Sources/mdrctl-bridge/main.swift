import Bridge

runBridge()
