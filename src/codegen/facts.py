"""What the description says about a value besides its type, as a sentence."""

UNITS = {
    "s": "seconds",
    "ms": "milliseconds",
    "px": "pixels",
    "fps": "frames a second",
    "bit/s": "bits a second",
    "byte": "bytes",
    "word": "words",
}
FORMATS = {"bcp47": "a BCP 47 language tag", "iso-8601": "an ISO 8601 time", "date": "a date, YYYY-MM-DD"}


def span(node, low, high, noun=""):
    least, most = node.get(low), node.get(high)
    noun = " " + noun if noun else ""
    if least is not None and most is not None:
        return f"exactly {least}{noun}" if least == most else f"{least} to {most}{noun}"
    if most is not None:
        return f"at most {most}{noun}"
    if least is not None:
        return f"at least {least}{noun}"
    return ""


def literal(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return str(value)


def sentence(node, required=True):
    """`Seconds, 60 to 3600, default 60.`, or nothing."""
    item = node.get("items", {}) if isinstance(node.get("items"), dict) else {}
    parts = [
        UNITS.get(node.get("x-unit"), ""),
        FORMATS.get(node.get("x-string-format"), FORMATS.get(node.get("format"), "")),
        span(node, "minimum", "maximum"),
        span(node, "minLength", "maxLength", "characters"),
        span(node, "minItems", "maxItems", "items"),
        "each " + span(item, "minLength", "maxLength", "characters") if "maxLength" in item else "",
        f"at most {node['x-max-serialized-length']} characters as JSON" if "x-max-serialized-length" in node else "",
        f"default {literal(node['default'])}" if "default" in node else "",
        f"one of {', '.join(map(str, node['enum']))}" if node.get("type") == "integer" and "enum" in node else "",
    ]
    if "const" in node:
        parts.append(f'always "{node["const"]}"' if required else f'"{node["const"]}" if present')
    text = ", ".join(part for part in parts if part)
    text = text[:1].upper() + text[1:] + "." if text else ""
    return " ".join(filter(None, [text, "Deprecated." if node.get("deprecated") else ""]))
