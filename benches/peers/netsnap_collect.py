"""netsnap through Python."""

import time

import common
import netsnap
