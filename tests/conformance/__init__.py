"""The outside corpus, run twice over: each case by the generic executor, and again by the compiled path."""
