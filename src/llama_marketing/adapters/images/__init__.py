"""Pictures from strangers: read by their headers, decoded by Pillow, measured, written anew."""
