"""One function a stage: a unit of work in, counts out."""
