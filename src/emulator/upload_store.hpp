#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/upload.hpp"

namespace mux::inline v0::emulator {

/// The uploads of one environment in the order of their creation.
class upload_store {
 public:
  explicit upload_store(bool newest_first) : newest_first_(newest_first) {}

  stored_upload& add(stored_upload upload);
  [[nodiscard]] stored_upload* find(std::string_view id) noexcept;
  void clear();
  /// Page numbers start at 1.
  [[nodiscard]] std::vector<const stored_upload*> list(std::size_t page, std::size_t limit) const;
  [[nodiscard]] const std::vector<std::unique_ptr<stored_upload>>& all() const noexcept { return uploads_; }

 private:
  bool newest_first_;
  std::vector<std::unique_ptr<stored_upload>> uploads_;
  std::unordered_map<std::string_view, stored_upload*> by_id_;
};

}  // namespace mux::inline v0::emulator
