# The task set: pairs with PyTorch, admission, and looking at it.

$(BIN)/reference $(BIN)/admit: LDLIBS += -lprotobuf-c
