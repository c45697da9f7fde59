#include "ingest/row_key.hpp"

#include <string>

#include <openssl/sha.h>

namespace mux::inline v0::ingest {

row_key key_of(const manifest_row& row) {
  // Lengths keep cells apart; the first line names the form, so that another one can never give the same key.
  std::string canonical = "mux row 1\n";
  for (const std::string* cell : {&row.url, &row.title, &row.external_id, &row.creator_id, &row.passthrough,
                                  &row.playback_policy, &row.video_quality}) {
    canonical += std::to_string(cell->size());
    canonical += ':';
    canonical += *cell;
  }
  row_key key;
  SHA256(reinterpret_cast<const unsigned char*>(canonical.data()), canonical.size(), key.data());
  return key;
}

}  // namespace mux::inline v0::ingest
