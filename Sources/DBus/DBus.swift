// The DBus layer.
