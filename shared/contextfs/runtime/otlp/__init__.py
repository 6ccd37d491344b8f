"""OTLP over HTTP as a server reads and answers it: JSON, and protobuf with the extra `otlp`."""
