#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mux::inline v0::emulator {

/// Makes ids of the API's form (44 letters and digits). The same seed gives the same ids; two serials never
/// share one.
class identifiers {
 public:
  explicit identifiers(std::uint64_t seed) noexcept : seed_(seed) {}

  /// The id of the thing `serial`, or of its part `part`.
  [[nodiscard]] std::string make(std::uint64_t serial, std::uint64_t part = 0, std::size_t length = 44) const;

 private:
  std::uint64_t seed_;
};

/// Letters and digits, 32 to 60 of them: anything else is answered as unparsable.
[[nodiscard]] bool well_formed_id(std::string_view id) noexcept;

/// From the operating system's source, not from any seed: secrets and seeds.
[[nodiscard]] std::uint64_t random_number();
[[nodiscard]] std::string random_secret(std::size_t length = 64);
[[nodiscard]] std::string random_uuid();

}  // namespace mux::inline v0::emulator
