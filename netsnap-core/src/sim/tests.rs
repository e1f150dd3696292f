use std::sync::Arc;

use russh::ChannelMsg;
use russh::client::{self, KeyboardInteractiveAuthResponse};
use russh::keys::{PrivateKeyWithHashAlg, load_secret_key};

use super::*;

struct Client;

impl client::Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        _key: &russh::keys::PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        Ok(true)
    }
}

async fn connect(
    network: &SimulatedNetwork,
    name: &str,
) -> Result<client::Handle<Client>, russh::Error> {
    let port = network.inventory().device(name).unwrap().port;
    client::connect(
        Arc::new(client::Config::default()),
        ("127.0.0.1", port),
        Client,
    )
    .await
}

async fn login(network: &SimulatedNetwork, name: &str) -> client::Handle<Client> {
    let mut handle = connect(network, name).await.unwrap();
    assert!(
        handle
            .authenticate_password("admin", "netsnap")
            .await
            .unwrap()
            .success()
    );
    handle
}

/// Types lines without waiting for prompts, then reads until the device closes.
async fn typed(network: &SimulatedNetwork, name: &str, lines: &str) -> String {
    let handle = login(network, name).await;
    let mut channel = handle.channel_open_session().await.unwrap();
    channel.request_shell(true).await.unwrap();
    channel.data(lines.as_bytes()).await.unwrap();
    read(&mut channel).await.0
}

async fn typed_on_a_terminal(network: &SimulatedNetwork, lines: &str) -> String {
    let handle = login(network, "r1").await;
    let mut channel = handle.channel_open_session().await.unwrap();
    channel
        .request_pty(true, "vt100", 511, 24, 0, 0, &[])
        .await
        .unwrap();
    channel.request_shell(true).await.unwrap();
    channel.data(lines.as_bytes()).await.unwrap();
    read(&mut channel).await.0
}

#[tokio::test]
async fn on_a_terminal_every_line_ends_with_a_return() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    let text = typed_on_a_terminal(&network, "show running-config\rshow bulk 1\rexit\r").await;
    assert!(text.contains("r1# show running-config\r\nBuilding configuration...\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.len() > 1_000_000);
}

async fn executed(network: &SimulatedNetwork, name: &str, command: &str) -> (String, Option<u32>) {
    let handle = login(network, name).await;
    let mut channel = handle.channel_open_session().await.unwrap();
    channel.exec(true, command).await.unwrap();
    read(&mut channel).await
}

async fn read(channel: &mut russh::Channel<client::Msg>) -> (String, Option<u32>) {
    let (mut text, mut status) = (Vec::new(), None);
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } => text.extend_from_slice(&data),
            ChannelMsg::ExitStatus { exit_status } => status = Some(exit_status),
            _ => {}
        }
    }
    (String::from_utf8(text).unwrap(), status)
}

fn fault(network: &SimulatedNetwork, fault: Fault) {
    let behavior = DeviceBehavior {
        faults: vec![fault],
        ..DeviceBehavior::default()
    };
    network.device("r1").unwrap().behave(behavior);
}

#[tokio::test]
async fn a_ring_starts_and_its_inventory_names_every_device() {
    let network = SimulatedNetwork::ring(4).await.unwrap();
    assert_eq!(network.inventory().devices.len(), 4);
    assert_eq!(
        network.connections(),
        Connections {
            open: 0,
            accepted: 0
        }
    );
}

#[tokio::test]
async fn all_three_methods_of_authentication_let_in_and_a_wrong_password_does_not() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    let mut handle = connect(&network, "r1").await.unwrap();
    assert!(
        !handle
            .authenticate_password("admin", "wrong")
            .await
            .unwrap()
            .success()
    );
    let key = Arc::new(load_secret_key(network.client_key(), None).unwrap());
    let key = PrivateKeyWithHashAlg::new(key, None);
    assert!(
        handle
            .authenticate_publickey("admin", key)
            .await
            .unwrap()
            .success()
    );
    let mut handle = connect(&network, "r1").await.unwrap();
    handle
        .authenticate_keyboard_interactive_start("admin", None)
        .await
        .unwrap();
    let answer = handle
        .authenticate_keyboard_interactive_respond(vec!["netsnap".to_owned()])
        .await
        .unwrap();
    assert!(matches!(answer, KeyboardInteractiveAuthResponse::Success));
    login(&network, "r1").await;
}

#[tokio::test]
async fn lines_typed_ahead_are_answered_in_order_with_the_prompts_of_frr() {
    let network = SimulatedNetwork::ring(2).await.unwrap();
    let text = typed(
        &network,
        "r1",
        "configure terminal\nrouter ospf\ninterface eth1\n!fence\nip ospf cost 70000\nip ospf cost 50\nend\nexit\n",
    )
    .await;
    assert_eq!(
        text,
        "\nHello, this is FRRouting (version 8.4.4).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n\
         r1# configure terminal\nr1(config)# router ospf\nr1(config-router)# interface eth1\nr1(config-if)# !fence\n\
         r1(config-if)# ip ospf cost 70000\n% Unknown command: ip ospf cost 70000\nr1(config-if)# ip ospf cost 50\nr1(config-if)# end\nr1# exit\n"
    );
    assert!(
        network
            .running("r1")
            .unwrap()
            .contains(" ip ospf cost 50\n")
    );
    assert_eq!(network.commands("r1").unwrap().len(), 8);
}

#[tokio::test]
async fn an_exec_request_stops_at_the_first_refused_line() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    let (text, status) = executed(&network, "r1", "show running-config").await;
    assert_eq!((text, status), (network.running("r1").unwrap(), Some(0)));
    let (text, status) = executed(&network, "r1", "bogus\nshow version").await;
    assert_eq!(
        (text.as_str(), status),
        ("% Unknown command: bogus\n", Some(1))
    );
}

#[tokio::test]
async fn a_shut_interface_drops_the_neighbour_on_both_sides() {
    let network = SimulatedNetwork::ring(4).await.unwrap();
    let full = |text: String| text.matches("Full/").count();
    assert_eq!(
        full(executed(&network, "r2", "show ip ospf neighbor").await.0),
        2
    );
    network
        .device("r1")
        .unwrap()
        .type_line("interface eth1\nshutdown");
    assert_eq!(
        full(executed(&network, "r1", "show ip ospf neighbor").await.0),
        2
    );
    assert_eq!(
        full(executed(&network, "r2", "show ip ospf neighbor").await.0),
        1
    );
}

#[tokio::test]
async fn a_dead_daemon_takes_its_sections_along_and_forbids_saving() {
    let network = SimulatedNetwork::ring(2).await.unwrap();
    fault(&network, Fault::DaemonDead("ospfd".to_owned()));
    let (text, _) = executed(&network, "r1", "show running-config").await;
    assert!(
        !text.contains("ospf") && text.ends_with("\nend\n"),
        "{text}"
    );
    assert!(
        executed(&network, "r1", "show watchfrr")
            .await
            .0
            .contains("  ospfd                Down\n")
    );
    assert_eq!(executed(&network, "r1", "write memory").await.1, Some(1));
}

#[tokio::test]
async fn a_connection_closed_in_the_middle_leaves_nothing_open() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    fault(&network, Fault::CloseDuring("show version".to_owned()));
    let text = typed(&network, "r1", "show version\n").await;
    assert!(text.ends_with("r1# show version\n"), "{text:?}");
    while network.connections().open > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(network.connections().accepted, 1);
}

#[tokio::test]
async fn refusals_before_the_login_are_real() {
    let network = SimulatedNetwork::ring(1).await.unwrap();
    fault(&network, Fault::RefuseAuthentication);
    let mut handle = connect(&network, "r1").await.unwrap();
    assert!(
        !handle
            .authenticate_password("admin", "netsnap")
            .await
            .unwrap()
            .success()
    );
    fault(&network, Fault::NoCommonAlgorithm);
    assert!(connect(&network, "r1").await.is_err());
}

#[tokio::test]
async fn a_cisco_device_prompts_and_refuses_like_one() {
    let network = SimulatedNetwork::start(vec![SimulatedDevice::ios("core")])
        .await
        .unwrap();
    let text = typed(
        &network,
        "core",
        "configure terminal\nno interface GigabitEthernet0/1\nend\nexit\n",
    )
    .await;
    assert!(
        text.contains("core#configure terminal\n") && text.contains("core(config)#no interface"),
        "{text}"
    );
    assert!(text.contains("% Removal of physical interfaces is not permitted\n"));
}
