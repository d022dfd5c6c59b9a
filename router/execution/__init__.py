"""Runs plans: asks subgraphs, grows the response tree, completes the client's answer from it."""
