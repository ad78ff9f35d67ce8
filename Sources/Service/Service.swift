// The Service layer.
