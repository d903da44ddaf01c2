# The task set: looking at it, pairs with PyTorch, admission.

$(BIN)/reference $(BIN)/admit: LDLIBS += -lprotobuf-c

# Debian's, which has Debian's PyTorch
PYTHON ?= /usr/bin/python3

# the tasks that a target speaks of: TASKS= by name, or those of SUITE=
TASKFILES = $(if $(TASKS),$(foreach t,$(TASKS),$(wildcard tasks/*/$t.json tasks/imported/*/$t.json)),$$(mk/tasks.sh files $(SUITE)))

.PHONY: list show check-pairs noise admission
## list           the tasks, one a line (SUITE= CATEGORY= OP= ENGINE=)
list:
	@mk/tasks.sh list '$(SUITE)' '$(CATEGORY)' '$(OP)' '$(ENGINE)'

## show           TASK= on one screen: what it is, its twin, its native time
show: $(BIN)/reference
	@mk/tasks.sh show '$(or $(TASK),$(error make show needs TASK=, make list prints their names))'

## check-pairs    run the PyTorch twins against ONNX Runtime (SUITE= or TASKS=)
check-pairs: $(SETUP)/pairs.stamp $(BIN)/reference $(BIN)/spec2onnx $(BIN)/onnx2spec
	@$(PYTHON) tests/pairs.py $(TASKFILES)

## noise          how much of each task's tolerance honest rounding takes
noise: $(SETUP)/pairs.stamp $(BIN)/reference
	@$(PYTHON) tests/pairs.py --noise $(TASKFILES)

## admission      show every task wrong kernels; a task that lets one pass fails
admission: $(BIN)/admit
	@bin/admit --table $(TASKFILES)
