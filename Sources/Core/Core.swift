// The Core layer.
