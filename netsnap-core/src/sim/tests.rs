use super::*;

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
