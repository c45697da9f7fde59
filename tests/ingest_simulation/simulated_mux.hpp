#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <mux/ingest/remote.hpp>

#include "ingest_simulation/gate.hpp"
#include "ingest_simulation/ledger.hpp"
#include "ingest_simulation/scenario.hpp"

namespace mux::inline v0::ingest::simulation {

/// What befalls a create.
enum class fate : std::uint8_t {
  answered,
  answer_lost,
  reset,
  error_before,
  error_after,
  unreadable,
  late_effect,
  late_answer,
  unreachable,
  refused,  ///< 400
};
inline constexpr std::size_t fate_count = 10;

/// Mux and the way to it in virtual time: the library's own limiter in front, a server's bucket behind,
/// trouble by chance in between, and a ledger of what really happened.
class simulated_mux final : public remote {
 public:
  simulated_mux(test::virtual_time& time, const scenario& world);

  asio::awaitable<mux::result<created_asset>> create(manifest_row row) override;
  std::unique_ptr<asset_listing> list(bool urgent) override;
  asio::awaitable<mux::result<listed_asset>> find_asset(std::string id) override;
  asio::awaitable<mux::result<upload_ticket>> create_upload(manifest_row row) override;
  asio::awaitable<mux::result<upload_ticket>> find_upload(std::string id) override;
  asio::awaitable<mux::result<void>> cancel_upload(std::string id) override;
  asio::awaitable<mux::result<sent_file>> send_file(file_on_its_way file, on_durable progress) override;
  asio::awaitable<mux::result<identity>> whoami() override;
  [[nodiscard]] std::optional<server_instant> server_time() const override;
  [[nodiscard]] std::string host() const override { return "api.mux.com"; }
  [[nodiscard]] ingest::pace pace() const override { return creates_.pace(); }

  [[nodiscard]] const ledger& book() const noexcept { return book_; }
  /// True for a row that the API refuses.
  [[nodiscard]] bool is_bad(std::uint64_t row) const;
  /// Uploads of this row that ended without an asset although all bytes came.
  [[nodiscard]] bool errored(std::uint64_t row) const { return errored_.contains(row); }
  [[nodiscard]] const std::array<std::uint64_t, fate_count>& fates() const noexcept { return fates_; }
  [[nodiscard]] std::uint64_t pages() const noexcept { return pages_; }
  /// Effects that are still to come.
  [[nodiscard]] std::size_t on_its_way() const noexcept { return on_its_way_; }

 private:
  class listing;
  struct upload {
    manifest_row row;
    std::uint64_t bytes = 0;
    std::string asset_id;
    instant known{};  ///< when the asset is shown
    bool over = false, failed = false;
  };

  fate draw(const manifest_row& row);
  bool server_admits();
  std::string execute(const manifest_row& row);
  void execute_later(manifest_row row);
  asio::awaitable<bool> sleep(double seconds);
  asio::awaitable<bool> ask(double trouble);
  asio::awaitable<std::optional<mux::error>> leave(policy::ticket& turn);
  [[nodiscard]] upload_ticket ticket(const std::string& id, const upload& now) const;

  test::virtual_time& time_;
  const scenario& world_;
  mux::simulation::random random_;
  gate creates_, others_;
  ledger book_;
  std::map<std::string, upload> uploads_;
  std::map<std::uint64_t, int> errored_;
  std::array<std::uint64_t, fate_count> fates_{};
  std::uint64_t pages_ = 0;
  std::size_t on_its_way_ = 0;
  const instant begun_;
  double tokens_;
  instant tokens_at_;
};

}  // namespace mux::inline v0::ingest::simulation
