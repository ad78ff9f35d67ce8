// The Interface layer.
