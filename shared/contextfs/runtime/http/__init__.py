"""HTTP as the doors speak it: messages, bodies, headers and problems, the same behind every host."""
