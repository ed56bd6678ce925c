"""`python -m lmi_labs` is `lmi-labs`."""

import sys

from lmi_labs.cli import main

sys.exit(main())
