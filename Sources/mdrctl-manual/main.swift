import Manual

runManual()
