"""The policies that the simulator and the emulator share, so that they can't disagree."""
