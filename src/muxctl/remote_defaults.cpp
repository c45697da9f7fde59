#include "muxctl/remote_defaults.hpp"

#include <utility>

namespace mux::inline v0::muxctl {

namespace {

class defaulting_remote final : public ingest::remote {
 public:
  defaulting_remote(std::unique_ptr<ingest::remote> inner, ingest::row_defaults defaults)
      : inner_(std::move(inner)), defaults_(std::move(defaults)) {}

  boost::asio::awaitable<result<ingest::created_asset>> create(ingest::manifest_row row) override {
    return inner_->create(defaults_.apply(std::move(row)));
  }
  boost::asio::awaitable<result<ingest::upload_ticket>> create_upload(ingest::manifest_row row) override {
    return inner_->create_upload(defaults_.apply(std::move(row)));
  }
  boost::asio::awaitable<result<ingest::upload_ticket>> find_upload(std::string id) override {
    return inner_->find_upload(std::move(id));
  }
  boost::asio::awaitable<result<void>> cancel_upload(std::string id) override {
    return inner_->cancel_upload(std::move(id));
  }
  boost::asio::awaitable<result<ingest::sent_file>> send_file(ingest::file_on_its_way file,
                                                              ingest::on_durable progress) override {
    return inner_->send_file(std::move(file), std::move(progress));
  }
  std::unique_ptr<ingest::asset_listing> list(bool urgent) override { return inner_->list(urgent); }
  boost::asio::awaitable<result<ingest::listed_asset>> find_asset(std::string id) override {
    return inner_->find_asset(std::move(id));
  }
  boost::asio::awaitable<result<ingest::identity>> whoami() override { return inner_->whoami(); }
  std::optional<ingest::server_instant> server_time() const override { return inner_->server_time(); }
  std::string host() const override { return inner_->host(); }
  ingest::pace pace() const override { return inner_->pace(); }

 private:
  std::unique_ptr<ingest::remote> inner_;
  ingest::row_defaults defaults_;
};

}  // namespace

std::unique_ptr<ingest::remote> with_defaults(std::unique_ptr<ingest::remote> inner,
                                              ingest::row_defaults defaults) {
  return std::make_unique<defaulting_remote>(std::move(inner), std::move(defaults));
}

}  // namespace mux::inline v0::muxctl
