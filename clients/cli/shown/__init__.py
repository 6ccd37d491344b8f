"""What commands print: how it is written, and the shapes that several of them show."""
