"""What is generated, before it is text: types, members, operations."""

from dataclasses import dataclass, field

from naming import identifier, words


@dataclass(frozen=True)
class File:
    """A generated pair of headers: `include/mux/<group>/<stem>.hpp` and its models."""

    group: str
    stem: str

    @property
    def models(self):
        return f"mux/{self.group}/models/{self.stem}.hpp"

    @property
    def views(self):
        return f"mux/{self.group}/models/{self.stem}_views.hpp"

    @property
    def facade(self):
        return f"mux/{self.group}/{self.stem}.hpp"


LENT = {"string", "integer", "number", "boolean", "seconds", "enum", "struct", "vector"}  # kinds that views have


@dataclass(frozen=True)
class Type:
    """A C++ type; `name` for declared ones, `element` for containers."""

    kind: str  # string integer number boolean seconds json enum struct variant vector map
    name: str = ""
    element: "Type | None" = None
    wire: str = "natural"

    def text(self, hidden=frozenset()):
        """`hidden`: names that something nearer hides, written with `mux::`."""
        name = f"mux::{self.name}" if self.name in hidden else self.name
        match self.kind:
            case "enum":
                return f"open_enum<{name}>"
            case "struct" | "variant":
                return name
            case "vector":
                return f"std::vector<{self.element.text(hidden)}>"
            case "map":
                return f"string_map<{self.element.text(hidden)}>"
        return {
            "string": "std::string",
            "integer": "std::int64_t",
            "number": "double",
            "boolean": "bool",
            "seconds": "std::chrono::sys_seconds",
            "json": "mux::json" if "json" in hidden else "json",
        }[self.kind]

    def view(self, hidden=frozenset()):
        """The type of a borrowed value; only for kinds in `LENT`."""
        name = f"mux::{self.name}" if self.name in hidden else self.name
        match self.kind:
            case "string":
                return "std::string_view"
            case "enum":
                return f"open_enum_view<{name}>"
            case "struct":
                return f"{self.name}_view"
            case "vector":
                return f"std::span<const {self.element.view(hidden)}>"
        return self.text(hidden)

    def leaf(self):
        return self.element.leaf() if self.element else self

    def kinds(self):
        return {self.kind} | (self.element.kinds() if self.element else set())


@dataclass
class Enum:
    name: str
    file: File
    values: list = field(default_factory=list)
    doc: str = ""


@dataclass
class Member:
    wire_name: str
    name: str
    type: Type
    presence: str  # plain, optional, list, field
    must: bool = False
    initial: str = ""
    doc: str = ""

    def text(self, hidden=frozenset()):
        return self.present(self.type.text(hidden))

    def view(self, hidden=frozenset()):
        return self.present(self.type.view(hidden))

    def present(self, inner):
        match self.presence:
            case "optional":
                return f"std::optional<{inner}>"
            case "field":
                return f"field<{inner}>"
        return inner


@dataclass
class Struct:
    api_name: str
    name: str
    file: File
    members: list = field(default_factory=list)
    sent: bool = False  # part of a request: gets a user-provided constructor
    shorthand: Member | None = None  # constructor from this member alone
    doc: str = ""


@dataclass
class Alias:
    """`using name = type`; a variant if there are alternatives."""

    name: str
    file: File
    type: Type | None = None
    alternatives: list = field(default_factory=list)  # (struct name, ((member, value), …))
    doc: str = ""


@dataclass
class Argument:
    wire_name: str
    name: str
    doc: str = ""


@dataclass
class Operation:
    id: str
    method: str
    path: str
    tag: str
    name: str
    limit: str
    repeat: str
    paging: str
    host: str
    success: int
    deprecated: bool
    arguments: list = field(default_factory=list)
    query: Struct | None = None
    body: Struct | None = None
    body_optional: bool = False
    answer: Type | None = None  # None with kind void or raw
    kind: str = "whole"  # whole, unwrapped, page, borrowed, nothing, raw
    page_limit: int = 100
    doc: str = ""

    @property
    def row(self):
        return "_".join(words(part) for part in self.id.split("."))

    @property
    def required_query(self):
        return self.query is not None and any(m.presence == "plain" for m in self.query.members)


@dataclass
class Resource:
    """A node of the client: `video.assets`; operations, children, or both."""

    tag: str
    file: File
    operations: list = field(default_factory=list)
    children: list = field(default_factory=list)
    doc: str = ""

    @property
    def class_name(self):
        parts = [words(p) for p in self.tag.split(".")]
        return parts[0] + "_group" if len(parts) == 1 else "_".join(parts)

    @property
    def namespace(self):
        return "requests::" + "::".join(identifier(p) for p in self.tag.split("."))

    @property
    def member(self):
        return identifier(self.tag.split(".")[-1])


@dataclass
class Api:
    enums: dict = field(default_factory=dict)
    structs: dict = field(default_factory=dict)
    aliases: dict = field(default_factory=dict)
    operations: list = field(default_factory=list)
    resources: dict = field(default_factory=dict)  # tag -> Resource, parents before children
    pages: list = field(default_factory=list)  # struct names that are listed in pages
    views: set = field(default_factory=set)  # struct names that have a borrowed form

    def declared(self, name):
        return self.structs.get(name) or self.enums.get(name) or self.aliases.get(name)
