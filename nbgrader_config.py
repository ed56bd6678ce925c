"""nbgrader's settings: the course is this folder.

`lmi-labs build` writes the instructor's notebooks to build/source; then

    nbgrader generate_assignment day52_capacity_providers    # the same bytes as labs/
    nbgrader autograde day52_capacity_providers              # submitted/STUDENT/day52_capacity_providers/…
    nbgrader generate_feedback day52_capacity_providers
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader provides it

ROOT = Path(__file__).resolve().parent

c.CourseDirectory.course_id = "lmi-labs"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.source_directory = "build/source"
c.CourseDirectory.release_directory = "labs"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.md"]

# A cell that nobody has touched runs without an error and sets nothing.
c.ClearSolutions.code_stub = {"python": "# Write your answer here."}

# Long enough for a lab that waits in real time, short enough that a loop doesn't hold up the others.
c.ExecutePreprocessor.timeout = 120

# Grading works on a fresh account in the kernel's own process, whatever the instructor's shell is set to.
os.environ["LMI_LABS_ACCOUNT"] = "moto"
# nbgrader starts `alembic` by name when it makes a gradebook.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
