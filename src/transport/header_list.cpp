#include "transport/header_list.hpp"

#include "transport/text.hpp"

namespace mux::inline v0::transport {
namespace {

// What an answer of the API has, with room to spare: one allocation each.
constexpr std::size_t usual_text = 1024;
constexpr std::size_t usual_fields = 24;

}  // namespace

header_list::header_list(const headers& fields) {
  for (const auto& [name, value] : fields) add(name, value);
}

void header_list::add(std::string_view name, std::string_view value) {
  if (entries_.empty()) {
    text_.reserve(usual_text);
    entries_.reserve(usual_fields);
  }
  entries_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                      static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void header_list::remove(std::string_view name) {
  std::erase_if(entries_, [&](const entry& e) { return same_text(name_of(e), name); });
}

void header_list::clear() noexcept {
  text_.clear();
  entries_.clear();
}

std::pair<std::string_view, std::string_view> header_list::operator[](std::size_t i) const noexcept {
  return {name_of(entries_[i]), value_of(entries_[i])};
}

std::string_view header_list::find(std::string_view name) const noexcept {
  for (const entry& e : entries_)
    if (e.name == name.size() && same_text(name_of(e), name)) return value_of(e);
  return {};
}

header_list::operator headers() const {
  headers all;
  all.reserve(entries_.size());
  for (const entry& e : entries_) all.emplace_back(name_of(e), value_of(e));
  return all;
}

}  // namespace mux::inline v0::transport
