"""Making a store, seeing what there is to begin with, and taking every touch back."""
