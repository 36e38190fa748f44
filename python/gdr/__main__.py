"""``python -m gdr``."""

import sys

from ._cli import main

sys.exit(main())
