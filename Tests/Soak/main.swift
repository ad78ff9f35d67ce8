import Glibc

exit(runSoak(Array(CommandLine.arguments.dropFirst())))
