"""`jupyter panosc`: makes sure that a companion runs and becomes its command line."""

from __future__ import annotations

import os
import sys

from jupyter_core.application import JupyterApp

from .launcher import CompanionError, Panosc


class PanoscCommand(Panosc, JupyterApp):
    """Reads the same configuration files as the server extension."""

    name = "panosc"


def main() -> None:
    arguments = ["help" if word in ("-h", "--help") else word for word in sys.argv[1:]]
    first, _, file = arguments[0].partition("=") if arguments else ("", "", "")
    profile = file or "".join(arguments[1:2]) if first == "--profile" else ""
    env = dict(os.environ, **({"PANOSC_PROFILE_FILE": os.path.abspath(profile)} if profile else {}))
    settings = PanoscCommand()
    settings.load_config_file()
    env["PANOSC_SOCKET_FILE"] = os.path.join(settings.state_folder(), "companion.json")
    try:
        settings.node = settings.find_node()
        if {*arguments} - {"help", "--json"}:
            settings.start_or_join(profile_file=profile)
    except CompanionError as error:
        print(f"jupyter panosc: {error.args[1]}", file=sys.stderr)
        sys.exit(4)
    os.execve(settings.node, [settings.node, settings.main_file, "cli", *arguments], env)
