# Set-up: packages, once.  A stamp per group; the second make asks no network.

SETUP := build/setup

$(SETUP)/base.stamp: mk/setup.sh mk/npm/package-lock.json
$(SETUP)/%.stamp: mk/setup.sh
	+@mk/setup.sh $* && mkdir -p $(@D) && touch $@

## setup          install what building and running needs (done by itself)
.PHONY: setup
setup: $(SETUP)/base.stamp
