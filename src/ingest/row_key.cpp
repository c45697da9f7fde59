#include "ingest/row_key.hpp"

#include <string>

#include <openssl/sha.h>

namespace mux::inline v0::ingest {

row_key key_of(const manifest_row& row) {
  // Lengths keep cells apart; the first line names the form, so that another one can never give the same key.
  // Rows that the first form can describe keep their key for ever: journals live by it.
  const bool first_form = row.file.empty() && row.settings.empty();
  std::string canonical = first_form ? "mux row 1\n" : "mux row 2\n";
  const auto add = [&](const std::string& cell) {
    canonical += std::to_string(cell.size());
    canonical += ':';
    canonical += cell;
  };
  for (const std::string* cell : {&row.url, &row.title, &row.external_id, &row.creator_id, &row.passthrough,
                                  &row.playback_policy, &row.video_quality})
    add(*cell);
  if (!first_form) {
    add(row.file);
    add(row.settings);
  }
  row_key key;
  SHA256(reinterpret_cast<const unsigned char*>(canonical.data()), canonical.size(), key.data());
  return key;
}

}  // namespace mux::inline v0::ingest
