// The Varlink layer.
