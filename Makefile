# Aliases for those whose fingers know make; ./dev is the real thing.
.PHONY: up test check compose
up test check compose:
	./dev $@
