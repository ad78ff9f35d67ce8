// The Daemon layer.
