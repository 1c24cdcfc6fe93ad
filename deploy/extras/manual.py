#!/usr/bin/env python3
"""Makes the manual page of `rampart` from what the command says of itself.

rampart --experimental-dump-help | deploy/extras/manual.py > rampart.1
"""
import json
import sys

OWN = {"help", "version"}  # Flags and a command that every command has; the page says them once.


def text(words):
    """Words as roff takes them literally."""
    words = words.replace("\\", "\\e").replace("-", "\\-").replace("`", "").replace("'", "\\(aq").replace("^", "\\(ha")
    return "\\&" + words if words.startswith(".") else words


def names(argument):
    """The names of an option, or the value of an argument."""
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return "\\fI" + text(value.upper()) + "\\fR" + ("..." if argument.get("isRepeating") else "")
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    spelt = ["\\fB" + text(dashes[name["kind"]] + name["name"]) + "\\fR" for name in argument["names"]]
    value = "" if argument["kind"] == "flag" else " \\fI" + text(value.upper()) + "\\fR"
    return ", ".join(spelt) + value


def synopsis(arguments):
    """What stands behind a command's name."""
    many = sum(argument["kind"] != "positional" for argument in arguments) > 8
    parts = ["[\\fIOPTIONS\\fR]"] if many else []
    for argument in arguments:
        if many and argument["kind"] != "positional" and argument.get("isOptional"):
            continue
        part = names(argument)
        parts.append("[" + part + "]" if argument.get("isOptional") else part)
    return " ".join(parts)


def paragraphs(discussion):
    """A discussion with its indented lines as they are."""
    lines = []
    for block in discussion.strip("\n").split("\n\n"):
        rows = block.split("\n")
        if rows[0].startswith("  "):
            lines += [".PP", ".nf"] + [text(row[2:]) for row in rows] + [".fi"]
        else:
            lines += [".PP"] + [text(row) for row in rows]
    return lines


def explained(arguments):
    lines = []
    for argument in arguments:
        about = argument.get("abstract", "")
        if "defaultValue" in argument:
            about += " (default: %s)" % argument["defaultValue"]
        lines += [".TP", names(argument)] + ([text(about)] if about else ["\\&"])
    return lines


def shown(arguments):
    own = lambda argument: argument.get("valueName") in OWN and argument["kind"] == "flag"
    return [argument for argument in arguments if argument.get("shouldDisplay", True) and not own(argument)]


def commands(command, path):
    """A command and those below it, each with its whole name."""
    path = path + [command["commandName"]]
    below = [other for other in command.get("subcommands", []) if other["commandName"] not in OWN]
    if not below:
        arguments = shown(command.get("arguments", []))
        heading = "\\fB" + text(" ".join(path)) + "\\fR"
        lines = [".SS " + text(" ".join(path[1:])), heading + " " + synopsis(arguments), ".PP"]
        lines += [text(command.get("abstract", ""))]
        if "discussion" in command:
            lines += paragraphs(command["discussion"])
        return lines + explained(arguments)
    return [line for other in below if other.get("shouldDisplay", True) for line in commands(other, path)]


def page(root):
    name = root["commandName"]
    lines = ['.TH %s 1 "" "%s" "Rampart"' % (name.upper(), name), ".SH NAME"]
    lines += ["%s \\- %s" % (name, text(root["abstract"].rstrip("."))), ".SH SYNOPSIS"]
    lines += ["\\fB%s\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]" % name, ".br"]
    lines += ["\\fB%s\\fR [\\fICOMMAND\\fR] \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR" % name, ".SH DESCRIPTION"]
    lines += paragraphs(root["discussion"])[1:]
    return lines + [".SH COMMANDS"] + commands(root, [])


print("\n".join(page(json.load(sys.stdin)["command"])))
