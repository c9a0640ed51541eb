"""What can be done with cases: one function a deed, each in the caller's transaction."""
