#include "ingest/column_list.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "ingest/text.hpp"

namespace mux::inline v0::ingest {
namespace {

bool names_source(std::string_view field) noexcept {
  return field == "url" || field == "file" || field == "settings" || field == "inputs";
}

// Programs that write a comma in numbers like to separate cells by semicolons.
std::string expected_for(const record_cell& cell, const field_search& search) {
  if (cell.text.find(';') != cell.text.npos) return "commas between the columns";
  if (cell.text.find('\t') != cell.text.npos) return "commas between the columns, or the format tsv";
  return search.expected;
}

}  // namespace

column_list::column_list(const text_record& header, const fault_sink& faults) {
  for (const record_cell& cell : header.cells) {
    if (const row_member* const member = find_member(cell.text)) {
      add(member, std::string(member->name), cell, header, faults);
      continue;
    }
    if (cell.text == "settings" || cell.text == "reason") {
      add(cell.text == "reason" ? column(remark()) : column(whole_object()), std::string(cell.text), cell,
          header, faults);
      continue;
    }
    field_search search = find_field(cell.text);
    if (search.found) {
      const row_member* const member = find_member(search.found->name);
      std::string name(member ? member->name : search.found->name);
      add(member ? column(member) : column(std::move(*search.found)), std::move(name), cell, header, faults);
    } else {
      // A first row without header may be a URL: its query stays out of messages.
      faults(make_fault(header.position(cell.offset), "unknown column " + shown_text(shown_url(cell.text)),
                        expected_for(cell, search)));
    }
  }
  if (std::none_of(names_.begin(), names_.end(), names_source))
    faults(make_fault(header.position(0), "the header row has no column 'url'",
                      "a header row that names it, or a column 'file'"));
}

void column_list::add(column added, std::string name, const record_cell& cell, const text_record& header,
                      const fault_sink& faults) {
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
    const std::string shown = shown_text(cell.text);
    faults(make_fault(header.position(cell.offset),
                      "the column " + shown + " is there twice" +
                          (cell.text == name ? "" : ", also as " + shown_text(name)),
                      "each column once"));
    return;
  }
  columns_.push_back(std::move(added));
  names_.push_back(std::move(name));
}

std::optional<manifest_row> column_list::read(const text_record& record, row_builder& builder) const {
  builder.begin(record);
  if (record.cell_count != columns_.size()) {
    // A row that is broken in form has a wrong count as a consequence.
    if (builder.good())
      builder.fault(0, "the row has " + std::to_string(record.cell_count) + " cells",
                    std::to_string(columns_.size()) + ", as the header row");
    return builder.finish();
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const record_cell& cell = record.cells[i];
    if (const auto* const member = std::get_if<const row_member*>(&columns_[i]))
      builder.add(**member, cell);
    else if (const auto* const field = std::get_if<create_field>(&columns_[i]))
      builder.add(*field, cell);
    else if (std::holds_alternative<whole_object>(columns_[i]))
      builder.add_object(cell);
  }
  return builder.finish();
}

}  // namespace mux::inline v0::ingest
