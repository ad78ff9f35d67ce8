// The Commands layer.
