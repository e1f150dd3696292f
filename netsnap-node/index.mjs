import netsnap from './index.js'

export const { Inventory, Netsnap, NetsnapError, Output, Recorder, loadInventory, open, version } = netsnap
export default netsnap
