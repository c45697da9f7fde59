#include "ingest/row_check.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "ingest/marker.hpp"
#include "ingest/text.hpp"
#include "ingest/url.hpp"

namespace mux::inline v0::ingest {
namespace {

constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

struct column {
  std::string_view name;
  std::string manifest_row::*member;
  std::size_t most;          ///< code points
  std::string_view choices;  ///< separated by spaces; empty: anything goes
};

constexpr std::array<column, 7> known = {{
    {"url", &manifest_row::url, unlimited, ""},
    {"title", &manifest_row::title, 512, ""},
    {"external_id", &manifest_row::external_id, 128, ""},
    {"creator_id", &manifest_row::creator_id, 128, ""},
    {"passthrough", &manifest_row::passthrough, max_passthrough, ""},
    {"playback_policy", &manifest_row::playback_policy, unlimited, "public signed"},
    {"video_quality", &manifest_row::video_quality, unlimited, "basic plus premium"},
}};

constexpr std::string_view known_names =
    "one of url, title, external_id, creator_id, passthrough, playback_policy, video_quality";

const column& column_of(std::string manifest_row::*member) noexcept {
  return *std::find_if(known.begin(), known.end(), [&](const column& c) { return c.member == member; });
}

manifest_fault make_fault(text_position at, std::string message, std::string expected) {
  manifest_fault fault;
  fault.line = at.line;
  fault.column = at.column;
  fault.message = std::move(message);
  fault.expected = std::move(expected);
  return fault;
}

bool is_choice(std::string_view choices, std::string_view value) noexcept {
  while (!choices.empty()) {
    const std::size_t end = std::min(choices.find(' '), choices.size());
    if (choices.substr(0, end) == value) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

std::string spelled(std::string_view choices) {
  std::string text(choices);
  for (std::size_t at = text.find(' '); at != text.npos; at = text.find(' ', at + 4))
    text.replace(at, 1, " or ");
  return text;
}

void check_cell(const column& which, const csv_cell& cell, const fault_sink& faults) {
  if (which.member == &manifest_row::url) {
    if (auto fault = check_url(cell.text)) {
      text_position at = cell.at;
      at.column +=
          code_points(std::string_view(cell.text).substr(0, fault->offset)) + (cell.was_quoted ? 1 : 0);
      faults(make_fault(at, std::move(fault->message), std::move(fault->expected)));
    }
    return;
  }
  const std::string name(which.name);
  if (const std::size_t length = code_points(cell.text); which.most != unlimited && length > which.most)
    faults(make_fault(cell.at, name + " has " + std::to_string(length) + " characters",
                      "at most " + std::to_string(which.most)));
  if ((which.member == &manifest_row::passthrough || which.member == &manifest_row::external_id) &&
      find_marker(cell.text, {}))
    // The asset would be taken for another row's, and this row's own would not be found again.
    faults(
        make_fault(cell.at, name + " begins with a marker of an earlier ingest",
                   "a text that does not begin with " + std::string(marker_prefix) + " and 26 characters"));
  if (which.choices.empty() || cell.text.empty() || is_choice(which.choices, cell.text)) return;
  if (cell.text == "drm")
    faults(make_fault(cell.at,
                      "playback_policy 'drm' needs a DRM configuration, which a manifest cannot name",
                      spelled(which.choices)));
  else
    faults(make_fault(cell.at, name + " is " + shown_text(cell.text), spelled(which.choices)));
}

}  // namespace

column_list::column_list() : members_{&manifest_row::url} {}

column_list::column_list(const csv_record& header, const fault_sink& faults) {
  for (const csv_cell& cell : header.cells) {
    const auto* const which =
        std::find_if(known.begin(), known.end(), [&](const column& c) { return c.name == cell.text; });
    if (which == known.end())
      // A first row without header may be a URL: its query stays out of messages.
      faults(make_fault(cell.at, "unknown column " + shown_text(shown_url(cell.text)),
                        std::string(known_names)));
    else if (std::find(members_.begin(), members_.end(), which->member) != members_.end())
      faults(
          make_fault(cell.at, "the column " + shown_text(cell.text) + " is there twice", "each column once"));
    else
      members_.push_back(which->member);
  }
  if (std::find(members_.begin(), members_.end(), &manifest_row::url) == members_.end())
    faults(make_fault(header.at, "the header row has no column 'url'", "a header row that names it"));
}

std::optional<manifest_row> column_list::read(csv_record& record, const fault_sink& faults) const {
  bool good = true;
  const fault_sink note = [&](manifest_fault fault) {
    good = false;
    faults(std::move(fault));
  };
  for (manifest_fault& fault : record.faults) note(std::move(fault));
  if (record.cells.size() != members_.size()) {
    // A row that is broken in form has a wrong count as a consequence.
    if (good)
      note(make_fault(record.at, "the row has " + std::to_string(record.cells.size()) + " cells",
                      std::to_string(members_.size()) + ", as the header row"));
    return std::nullopt;
  }
  for (std::size_t i = 0; i < members_.size(); ++i) check_cell(column_of(members_[i]), record.cells[i], note);
  if (!good) return std::nullopt;

  manifest_row row;
  row.line = record.at.line;
  row.column = record.at.column;
  text_position passthrough = record.at;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    row.*members_[i] = std::move(record.cells[i].text);
    if (members_[i] == &manifest_row::passthrough) passthrough = record.cells[i].at;
  }
  if (!marker_fits(row)) {
    note(make_fault(passthrough,
                    "passthrough has " + std::to_string(code_points(row.passthrough)) +
                        " characters, which leaves no room for the marker that finds the asset again",
                    "at most " + std::to_string(max_shared_passthrough) + ", or no external_id"));
    return std::nullopt;
  }
  return row;
}

}  // namespace mux::inline v0::ingest
