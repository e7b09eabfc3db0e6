"""The machines and the ways in: Ray Serve, HTTP, chat and command line."""
