"""Prints the folder to name in ``callback_plugins``."""

from . import callback_folder

if __name__ == "__main__":
    print(callback_folder())
