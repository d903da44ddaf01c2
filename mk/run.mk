.PHONY: first
first: programs
