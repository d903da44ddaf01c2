## help           this list
.PHONY: help
help:
	@sed -n 's/^## /  /p' $(MAKEFILE_LIST)
