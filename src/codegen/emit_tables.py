"""`src/api/schemas_*` and `src/api/operations.*`: the rows that the codec and the client interpret."""

from layout import COLUMNS, header, listing

ROWS_PER_FILE = 260


def groups(api):
    """Group -> its declared types by kind, in the order of the description."""
    result = {}
    for kind in ("enums", "structs", "aliases"):
        for declared in getattr(api, kind).values():
            result.setdefault(declared.file.group, {"enums": [], "structs": [], "aliases": []})[kind].append(declared)
    return result


def files(api):
    result = {}
    for group, declared in groups(api).items():
        result[f"src/api/schemas_{group}.hpp"] = declarations(api, group, declared)
        for stem, part in parts(group, declared):
            result[f"src/api/{stem}.cpp"] = definitions(api, group, part)
    result["src/api/operation_names.hpp"] = operation_names(api)
    result["src/api/operations.cpp"] = operation_rows(api)
    return {**result, **registry(api)}


def parts(group, declared):
    """The group's types in files of a size that compiles quickly, cut between resources."""
    stems = {}
    for kind, items in declared.items():
        for item in items:
            stems.setdefault(item.file.stem, {"enums": [], "structs": [], "aliases": []})[kind].append(item)
    chunks, size = [], 0
    for part in stems.values():
        rows = sum(len(struct.members) + 4 for struct in part["structs"])
        if not chunks or size + rows > ROWS_PER_FILE:
            chunks.append({"enums": [], "structs": [], "aliases": []})
            size = 0
        size += rows
        for kind in part:
            chunks[-1][kind] += part[kind]
    return [(f"schemas_{group}_{number}", chunk) for number, chunk in enumerate(chunks, 1)]


def variants(declared):
    return [alias for alias in declared["aliases"] if alias.alternatives]


def pages(api, declared):
    return [struct.name for struct in declared["structs"] if struct.name in api.pages]


def declarations(api, group, declared):
    models = {f"<{item.file.models}>" for items in declared.values() for item in items}
    own = {'"codec/schema.hpp"'}
    body = ["namespace codec {", ""]
    names = [struct.name for struct in declared["structs"]]
    lent = [name for name in names if name in api.views]
    listed = [f"page<{name}>" for name in pages(api, declared)]
    listed += [f"{name}_view" for name in lent]
    listed += [f"page_view<{name}_view>" for name in pages(api, declared) if name in api.views]
    for name in names + listed:
        body += ["template <>", f"const schema& schema_of<{name}>();"]
    for alias in variants(declared):
        body += ["template <>", f"std::span<const alternative> alternatives_of<{alias.name}>() noexcept;"]
    mux = models | ({"<mux/request.hpp>"} if pages(api, declared) else set())
    mux |= {f"<{api.structs[name].file.views}>" for name in lent} | ({"<mux/borrowed.hpp>"} if lent else set())
    return header([["<span>"], mux, own], body + ["", "}  // namespace codec"])


def used_groups(api, group, declared):
    """Groups whose tables the tables of `declared` refer to."""
    result = {group}
    for struct in declared["structs"]:
        for member in struct.members:
            name = member.type.leaf().name
            if name:
                result.add(api.declared(name).file.group)
    return result


def definitions(api, group, declared):
    includes = {f'"api/schemas_{other}.hpp"' for other in used_groups(api, group, declared)}
    body = []
    for enum in declared["enums"]:
        body += enum_names(enum)
    body += ["namespace codec {", ""]
    for struct in declared["structs"]:
        body += schema(struct, struct.name) + [""]
        if struct.name in api.views:
            body += schema(struct, f"{struct.name}_view") + [""]
    for name in pages(api, declared):
        body += page_schema(f"page<{name}>", name) + [""]
        if name in api.views:
            body += page_schema(f"page_view<{name}_view>", name) + [""]
    for alias in variants(declared):
        body += alternatives(alias) + [""]
    body += ["}  // namespace codec", ""]
    for struct in declared["structs"]:
        body.append(f"template const codec::type& detail::described<{struct.name}>() noexcept;")
    std = ["<cstddef>", "<span>", "<string_view>", "<type_traits>", "<utility>"]
    own = includes | {'"api/described.hpp"', '"api/list_row.hpp"'}
    return header([std, own], body, pragma=False)


def enum_names(enum):
    values = [f'"{value}"' for value in enum.values]
    return [
        f"std::span<const std::string_view> enum_traits<{enum.name}>::names() noexcept {{",
        *listing("static constexpr std::string_view all[] = {", values, "};", "  "),
        "  return all;",
        "}",
        "",
    ]


def schema(struct, name):
    """The table of a struct or of its view: the same rows."""
    lines = [
        "template <>",
        f"const schema& schema_of<{name}>() {{",
        f"  using t = {name};",
        "  static_assert(std::is_standard_layout_v<t>);",
    ]
    if not struct.members:
        return lines + [f'  static constexpr schema table{{"{struct.api_name}", {{}}}};', "  return table;", "}"]
    lines.append("  static constexpr field_row rows[] = {")
    for member in struct.members:
        extra = ""
        if member.must:
            extra = f", wire::{member.type.wire}, true"
        elif member.type.wire != "natural":
            extra = f", wire::{member.type.wire}"
        make = "list_row" if member.presence == "list" else "row"
        lines.append(
            f'      {make}<decltype(t::{member.name})>("{member.wire_name}", offsetof(t, {member.name}){extra}),'
        )
    return lines + [
        "  };",
        f'  static constexpr schema table{{"{struct.api_name}", rows}};',
        "  return table;",
        "}",
    ]


def page_schema(page, name):
    return [
        "template <>",
        f"const schema& schema_of<{page}>() {{",
        f"  using t = {page};",
        "  static_assert(std::is_standard_layout_v<t>);",
        "  static constexpr field_row rows[] = {",
        '      row<decltype(t::items)>("data", offsetof(t, items), wire::natural, true),',
        '      row<decltype(t::next_cursor)>("next_cursor", offsetof(t, next_cursor)),',
        '      row<decltype(t::total_row_count)>("total_row_count", offsetof(t, total_row_count)),',
        '      list_row<decltype(t::timeframe)>("timeframe", offsetof(t, timeframe)),',
        "  };",
        f'  static constexpr schema table{{"page of {name}", rows}};',
        "  return table;",
        "}",
    ]


def alternatives(alias):
    lines = ["template <>", f"std::span<const alternative> alternatives_of<{alias.name}>() noexcept {{"]
    lines.append("  using text = std::pair<std::string_view, std::string_view>;")
    for number, (_, pairs) in enumerate(alias.alternatives):
        if pairs:
            items = [f'{{"{key}", "{value}"}}' for key, value in pairs]
            lines += listing(f"static constexpr text by_{number}[] = {{", items, "};", "  ")
    lines.append("  static const alternative all[] = {")
    for number, (name, pairs) in enumerate(alias.alternatives):
        by = f"by_{number}" if pairs else "{}"
        lines.append(f"      {{&schema_of<{name}>(), {by}}},")
    return lines + ["  };", "  return all;", "}"]


def operation_names(api):
    body = ["namespace api {", "", "/// Rows of the operation table, in its order.", "enum class op : std::uint8_t {"]
    body += [f"  {operation.row}," for operation in api.operations]
    body += ["};", "", "/// The row of an operation.", "[[nodiscard]] const operation& row(op id) noexcept;", ""]
    return header([["<cstdint>"], ["<mux/operation.hpp>"]], body + ["}  // namespace api"])


def operation_rows(api):
    body = ["namespace {", "", "constexpr operation rows[] = {"]
    for op in api.operations:
        method = "delete_" if op.method == "delete" else op.method
        items = [
            f'{{"{op.id}"',
            f"http_method::{method}",
            f'"{op.path}"',
            f"rate_class::{op.limit}",
            f"idempotency::{op.repeat}",
            f"pagination::{op.paging}",
            f"api_host::{op.host}",
            str(op.success),
            "true" if op.deprecated else "false",
        ]
        line = "    " + ", ".join(items) + "},"
        if len(line) > COLUMNS:
            body.append("    " + ", ".join(items[:3]) + ",")
            body.append("     " + ", ".join(items[3:]) + "},")
        else:
            body.append(line)
    body += [
        "};",
        "",
        "}  // namespace",
        "",
        "std::span<const operation> operations() noexcept { return rows; }",
        "",
        "const operation* find_operation(std::string_view id) noexcept {",
        "  for (const operation& row : rows)",
        "    if (row.id == id) return &row;",
        "  return nullptr;",
        "}",
        "",
        "const operation& api::row(op id) noexcept { return rows[static_cast<std::size_t>(id)]; }",
    ]
    return header(
        [["<cstddef>", "<span>", "<string_view>"], ["<mux/operation.hpp>"], ['"api/operation_names.hpp"']],
        body,
        pragma=False,
    )


def registry(api):
    """All types behind one interface, for the tests; a file a group, as their constructors take long to compile."""
    result = {}
    body = ["namespace test {", "", "std::vector<registered_schema> registered_schemas() {"]
    body.append("  std::vector<registered_schema> all;")
    for group, declared in groups(api).items():
        names = [struct.name for struct in declared["structs"]]
        names += [f"page<{name}>" for name in pages(api, declared)]
        body.append(f"  append_{group}(all);")
        lines = ["namespace test {", "", f"void append_{group}(std::vector<registered_schema>& all) {{"]
        lines += [f'  all.push_back(entry<{name}>("{name}"));' for name in names]
        own = [f'"api/schemas_{group}.hpp"', '"unit/api/registry.hpp"']
        result[f"tests/unit/api/registry_{group}.cpp"] = header(
            [["<vector>"], own], lines + ["}", "", "}  // namespace test"], pragma=False
        )
    appends = [f"void append_{group}(std::vector<registered_schema>& all);" for group in groups(api)]
    body = body[:2] + appends + [""] + body[2:] + ["  return all;", "}", "", "}  // namespace test"]
    result["tests/unit/api/registry.cpp"] = header([["<vector>"], ['"unit/api/registry.hpp"']], body, pragma=False)
    return result
