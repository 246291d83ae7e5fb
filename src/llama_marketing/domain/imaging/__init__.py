"""What is measured on an image, and what it means for the places where it may appear. Pure."""
