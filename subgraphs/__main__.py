"""`python -m subgraphs` is the `subgraphs` command."""

import sys

from subgraphs.cli import main

if __name__ == "__main__":
    sys.exit(main())
